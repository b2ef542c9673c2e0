
function viewAllJobs(){

    var url='https://[ip]/api/ai/jobs'

    fetch(url,{
        method:'GET'
    })
    .then(res => res.json())
    .then(json => console.log(json))
}

